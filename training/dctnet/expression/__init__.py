"""R_exp of DCT-Net: how open eyes and mouth are, read from pixels, so that a loss can ask for it. The paper's was never
released; this one is trained by `dctnet expression`."""
