process.stdout.write("klingkit-mcp-http\n")
