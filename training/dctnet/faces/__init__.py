"""Finding, aligning, describing and masking faces, with frozen networks that `dctnet fetch` brings."""
