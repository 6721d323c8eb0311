"""Files of images: which are blocks, what a TIFF says, its pixels."""
