process.stdout.write("klingkit-mcp\n")
