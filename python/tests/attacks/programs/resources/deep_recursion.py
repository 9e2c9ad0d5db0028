def sink():
    return sink()


sink()
