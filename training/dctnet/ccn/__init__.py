"""DCT-Net's content calibration network: a source of faces, its copy adapted to a style, and pairs drawn by both."""
