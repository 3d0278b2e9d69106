process.stdout.write("klingkit-emulator\n")
