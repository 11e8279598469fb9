"""What the files prove about a name that nothing in them defines.

Published repositories work, so most such names are made elsewhere. A name is *missing* only where nothing around the
reference could make it; otherwise it is *unknown*, with the evidence that says why.
"""
