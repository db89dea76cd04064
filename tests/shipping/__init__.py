"""What is shipped: the wheel, the image, the units; each as whoever runs a desk meets it."""
