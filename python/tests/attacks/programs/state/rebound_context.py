context = "FORGED"
