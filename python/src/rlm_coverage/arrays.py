"""The types of the arrays that this package works on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]
Ids = NDArray[np.int32]
Flags = NDArray[np.bool_]
Weak = NDArray[np.uint32]
Strong = NDArray[np.uint64]
