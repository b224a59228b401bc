"""What the numbers of a plan come to before anything happens: prices, money, costs, sizes, loads, jobs."""
