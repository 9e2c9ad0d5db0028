import os
import shutil
import tempfile

folder = tempfile.mkdtemp()
os.chdir(folder)
shutil.rmtree(folder)
