"""Where model code runs: the kernel environments ``docker`` and ``local``, and the official library's others."""
