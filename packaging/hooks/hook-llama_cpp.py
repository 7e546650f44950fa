"""llama_cpp opens its libraries by path at run time, where no import analysis sees them."""

from PyInstaller.utils.hooks import collect_dynamic_libs

binaries = collect_dynamic_libs("llama_cpp", search_patterns=["*.dll", "*.dylib", "*.so", "*.so.*"])
excludedimports = ["llama_cpp.server", "diskcache.djangocache"]
