answer = "just text"
