import json
import json.decoder
import json.encoder


def refuse(*_, **__):
    raise SystemExit("no json")


json.dumps = json.loads = json.JSONEncoder.encode = json.JSONDecoder.decode = json.JSONDecoder.raw_decode = refuse
json.encoder.c_make_encoder = json.encoder.encode_basestring_ascii = json.decoder.scanstring = refuse
json.encoder.JSONEncoder.iterencode = json.decoder.WHITESPACE = refuse
answer["content"] = {"as": ["json", 1]}
