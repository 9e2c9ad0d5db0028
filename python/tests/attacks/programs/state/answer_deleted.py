del answer
