"""Pictures of every screen: `python -m tools.pictures [--only name] [--axe]`.

Starts the product with the demo shop in a folder of its own, looks at each screen in Chromium at 1440 and 390 px,
light and dark, in Polish, and keeps the pictures in docs/pictures. With `--axe` it measures accessibility instead.
"""
