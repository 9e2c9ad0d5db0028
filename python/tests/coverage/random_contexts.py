"""Contexts and messages that are hard to map: repeats, few letters, long characters, prompts made of pieces."""

from __future__ import annotations

from random import Random

ALPHABETS = ["a", "ab", "abc\n", "aé©", "abcdefgh \n", "日本語éa", "\r\nab\0", "abcdefghijklmnopqrstuvwxyz .,\n", "😀é"]
SIZES = [0, 1, 2, 3, 5, 9, 15, 16, 17, 40, 64, 100, 127, 128, 129, 192, 200, 256, 300, 500, 900]


def random_text(random: Random, alphabet: str, size: int) -> str:
    if size < 20 or random.random() < 0.7:
        return "".join(random.choices(alphabet, k=size))
    period = "".join(random.choices(alphabet, k=random.randint(1, 100)))
    characters = list((period * size)[:size])
    for _ in range(random.randint(0, 3)):
        characters[random.randrange(size)] = random.choice(alphabet)
    return "".join(characters)


def random_documents(random: Random, alphabet: str) -> list[str]:
    texts = [random_text(random, alphabet, random.choice(SIZES)) for _ in range(random.randint(1, 5))]
    if random.random() < 0.3:
        texts.append(random.choice(texts))
    if random.random() < 0.3:
        around = [random_text(random, alphabet, random.randint(0, 70)) for _ in range(2)]
        texts.append(around[0] + random.choice(texts) + around[1])
    return texts


def random_messages(random: Random, alphabet: str, documents: list[str]) -> list[str]:
    messages: list[str] = []
    for _ in range(random.randint(0, 6)):
        parts = [random_text(random, alphabet, random.randint(0, 30))]
        for _ in range(random.randint(1, 3)):
            document = random.choice(documents)
            start = random.choice([0, random.randint(0, len(document))])
            end = random.choice([len(document), start + random.randint(0, 400), start + random.randint(100, 200)])
            parts += [document[start:end], random_text(random, alphabet, random.choice([0, random.randint(0, 20)]))]
        messages.append("".join(parts))
    return messages
