print(open(context["hostFile"]).read())
