import resource

for name in ("RLIMIT_NOFILE", "RLIMIT_CORE"):
    soft, hard = resource.getrlimit(getattr(resource, name))
    try:
        resource.setrlimit(getattr(resource, name), (hard + 1, hard + 1))
        print(name, "raised")
    except ValueError as error:
        print(name, error)
