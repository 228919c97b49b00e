"""`python -m rp_core`: the doctor."""

import sys

from rp_core._doctor import main

if __name__ == "__main__":
    sys.exit(main())
