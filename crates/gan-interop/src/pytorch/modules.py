class Lambda(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.forward = function


class Basis(nn.Module):
    """Learned feature maps, each as strong as its channel."""

    def __init__(self, *shape):
        super().__init__()
        self.maps = nn.Parameter(torch.empty(shape))

    def forward(self, x):
        return x[:, :, None, None] * self.maps


class WeightedSum(nn.Module):
    """The sum over pixels, with learned weights."""

    def __init__(self, *shape):
        super().__init__()
        self.maps = nn.Parameter(torch.empty(shape))

    def forward(self, x):
        return (x * self.maps).sum((2, 3))


class Residual(nn.Module):
    def __init__(self, *layers):
        super().__init__()
        self.branch = nn.Sequential(*layers)

    def forward(self, x):
        return x + self.branch(x)
