process.stdout.write("klingkit\n")
