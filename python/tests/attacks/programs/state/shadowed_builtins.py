len = isinstance = type = super = open = None
