"""The MLX adapter: the only room that imports mlx and mlx_vlm.

What they read from the environment is set here, before the first of them is imported: mlx_vlm draws
in libraries that would look for a hub.
"""

import os

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_OFFLINE"] = "1"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"  # its threads gain nothing for one prompt
