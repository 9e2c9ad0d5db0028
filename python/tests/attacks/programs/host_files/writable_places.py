import os

places = []
for folder, _, _ in os.walk("/"):
    if not folder.startswith("/proc") and os.access(folder, os.W_OK):
        places.append(folder)
print(sorted(place for place in places if not place.startswith(os.getcwd() + "/")))
