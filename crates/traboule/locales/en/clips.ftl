# Clips: upload, viewer, captions.
