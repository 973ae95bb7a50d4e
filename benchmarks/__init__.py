"""What speed is claimed is measured here, beside the alternative, in the same run."""
