import builtins

builtins.print = lambda *_: None
builtins.open = builtins.len = builtins.isinstance = builtins.type = builtins.dict = builtins.super = None
