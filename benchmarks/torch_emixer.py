"""EMIXER's networks with the same layer shapes in plain PyTorch, to compare speed with."""

import itertools
import math

import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

END = 2


def conv(inputs, outputs, side, **kwargs):
    return spectral_norm(nn.Conv2d(inputs, outputs, side, padding=side // 2, **kwargs))


def dense(inputs, outputs, bias=True):
    return spectral_norm(nn.Linear(inputs, outputs, bias=bias))


class ConditionalNorm(nn.Module):
    def __init__(self, width, condition):
        super().__init__()
        self.norm = nn.BatchNorm2d(width, affine=False)
        self.gain, self.bias = dense(condition, width, False), dense(condition, width, False)

    def forward(self, x, condition):
        gain, bias = self.gain(condition), self.bias(condition)
        return self.norm(x) * (1 + gain[:, :, None, None]) + bias[:, :, None, None]


class UpBlock(nn.Module):
    def __init__(self, inputs, outputs, condition):
        super().__init__()
        self.norm_1, self.norm_2 = (ConditionalNorm(w, condition) for w in (inputs, outputs))
        self.conv_1, self.conv_2 = conv(inputs, outputs, 3), conv(outputs, outputs, 3)
        self.shortcut = conv(inputs, outputs, 1)

    def forward(self, x, condition):
        y = functional.interpolate(functional.relu(self.norm_1(x, condition)), scale_factor=2)
        y = self.conv_2(functional.relu(self.norm_2(self.conv_1(y), condition)))
        return y + functional.interpolate(self.shortcut(x), scale_factor=2)


class Generator(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.side, self.chunk = config.base_resolution, config.noise_chunk
        widths, side = [], config.base_resolution
        while side <= config.resolution:
            widths.append(config.generator_channels * min(16, config.resolution // side))
            side *= 2
        self.stem_noise = config.noise_dim - self.chunk * (len(widths) - 1)
        condition = self.chunk + config.label_embedding_dim
        self.embedding = nn.Linear(len(config.labels), config.label_embedding_dim, bias=False)
        self.stem = dense(self.stem_noise, self.side**2 * widths[0])
        self.blocks = nn.ModuleList(UpBlock(a, b, condition) for a, b in itertools.pairwise(widths))
        self.norm, self.head = nn.BatchNorm2d(widths[-1]), conv(widths[-1], config.channels, 3)

    def forward(self, noise, labels):
        embedding = self.embedding(labels)
        x = self.stem(noise[:, : self.stem_noise]).view(len(noise), -1, self.side, self.side)
        for i, block in enumerate(self.blocks):
            start = self.stem_noise + i * self.chunk
            x = block(x, torch.cat([noise[:, start : start + self.chunk], embedding], 1))
        return torch.tanh(self.head(functional.relu(self.norm(x))))


class DownBlock(nn.Module):
    def __init__(self, inputs, outputs, downsample, preactivation):
        super().__init__()
        self.downsample, self.preactivation = downsample, preactivation
        self.conv_1, self.conv_2 = conv(inputs, outputs, 3), conv(outputs, outputs, 3)
        changes = downsample or inputs != outputs
        self.shortcut = conv(inputs, outputs, 1) if changes else nn.Identity()

    def forward(self, x):
        y = self.conv_1(functional.relu(x) if self.preactivation else x)
        y = self.conv_2(functional.relu(y))
        if self.downsample:
            y, x = functional.avg_pool2d(y, 2), functional.avg_pool2d(x, 2)
        return y + self.shortcut(x)


class ImageJudge(nn.Module):
    def __init__(self, config):
        super().__init__()
        blocks, inputs, side = [], config.channels, config.resolution
        while side > config.base_resolution:
            width = config.discriminator_channels * min(16, config.resolution // side)
            blocks.append(DownBlock(inputs, width, True, bool(blocks)))
            inputs, side = width, side // 2
        width = config.discriminator_channels * min(16, config.resolution // side)
        blocks.append(DownBlock(inputs, width, False, True))
        self.blocks = nn.Sequential(*blocks)
        self.real_or_fake, self.rotation = dense(width, 1), dense(width, 4)
        self.projection = dense(len(config.labels), width, False)

    def features(self, x):
        return functional.relu(self.blocks(x)).sum((2, 3))

    def logits(self, h, labels):
        return self.real_or_fake(h)[:, 0] + (self.projection(labels) * h).sum(1)


class Encoder(nn.Module):
    def __init__(self, config):
        super().__init__()
        layers, side = [], config.resolution
        inputs, width = config.channels, config.encoder_channels
        while side > 4:
            layers += [
                nn.Conv2d(inputs, width, 3, padding=1, bias=False),
                nn.BatchNorm2d(width),
                nn.ReLU(),
                nn.MaxPool2d(2),
            ]
            side, inputs, width = side // 2, width, min(2 * width, 4 * config.encoder_channels)
        self.layers = nn.Sequential(*layers, nn.Flatten())
        self.projection = nn.Linear(side * side * inputs, config.encoder_features)

    def forward(self, x):
        return self.projection(self.layers(x))


class Decoder(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config, units = config, config.decoder_units
        self.embedding = nn.Embedding(config.vocabulary_size, config.word_embedding_dim)
        self.sentence = nn.LSTMCell(config.encoder_features, units)
        self.stop = nn.Linear(units, 1)
        self.gate = nn.Sequential(nn.Linear(units, config.encoder_features), nn.Sigmoid())
        self.topic = nn.Sequential(
            nn.Linear(units + config.encoder_features, config.topic_units),
            nn.ReLU(),
            nn.Linear(config.topic_units, config.topic_units),
            nn.ReLU(),
            nn.Linear(config.topic_units, config.word_embedding_dim),
        )
        self.words = nn.LSTM(config.word_embedding_dim, units, config.word_layers, batch_first=True)
        self.head = nn.Linear(units, config.vocabulary_size)

    def plan(self, v):
        state, hidden = None, []
        for _ in range(self.config.sentences):
            state = self.sentence(v, state)
            hidden.append(state[0])
        hidden = torch.stack(hidden, 1)
        topics = self.topic(torch.cat([hidden, v[:, None] * self.gate(hidden)], 2))
        return self.stop(hidden)[..., 0], topics.flatten(0, 1)

    def teach(self, v, tokens):
        stop, topics = self.plan(v)
        inputs = self.embedding(tokens.flatten(0, 1)[:, :-1])
        start = self.embedding.weight[1].expand(len(topics), 1, -1)
        inputs = torch.cat([start, inputs], 1) + topics[:, None]
        outputs, _ = self.words(torch.cat([topics[:, None], inputs], 1))
        return stop, self.head(outputs[:, 1:])

    def relaxed(self, v):
        stop, topics = self.plan(v)
        _, state = self.words(topics[:, None])
        word = self.embedding.weight[1].expand(len(topics), -1)
        written, open_ = [], torch.ones(len(topics))
        for _ in range(self.config.words):
            output, state = self.words((word + topics)[:, None], state)
            choice = functional.gumbel_softmax(self.head(output[:, 0]), hard=True)
            open_ = open_ * (choice.argmax(-1) != END)
            word = choice @ self.embedding.weight.detach()
            written.append(word * open_[:, None])
        alive = torch.cumprod(torch.sigmoid(-stop), 1).flatten()
        words = torch.stack(written, 1) * alive[:, None, None]
        return words.view(len(v), -1, *words.shape[1:])


class ReportReader(nn.Module):
    def __init__(self, config, units):
        super().__init__()
        self.words = nn.LSTM(config.word_embedding_dim, units, batch_first=True)
        self.sentences = nn.LSTM(units, units, batch_first=True)

    def forward(self, words):
        read = self.words(words.flatten(0, 1))[1][0][0]
        return self.sentences(read.view(*words.shape[:2], -1))[1][0][0]


class ReportJudge(nn.Module):
    def __init__(self, config):
        super().__init__()
        units = config.report_discriminator_units
        self.reader = ReportReader(config, units)
        self.head = nn.Sequential(dense(units, units), nn.LeakyReLU(0.2), dense(units, 1))

    def forward(self, words):
        return self.head(self.reader(words))[:, 0]


class PairJudge(nn.Module):
    def __init__(self, config):
        super().__init__()
        units, width = config.joint_discriminator_units, config.joint_discriminator_channels
        layers, side, inputs = [], config.resolution, config.channels
        widest = 8 * width
        while side > 4:
            layers += [conv(inputs, width, 3, stride=2), nn.LeakyReLU(0.2)]
            side, inputs, width = side // 2, width, min(2 * width, widest)
        self.film = nn.Sequential(*layers, nn.Flatten(), dense(side * side * inputs, units))
        self.reader = ReportReader(config, units)
        self.report = dense(units, units)
        self.head = nn.Sequential(dense(3 * units, units), nn.LeakyReLU(0.2), dense(units, 1))

    def forward(self, films, words):
        film, report = self.film(films), self.report(self.reader(words))
        return self.head(torch.cat([film, report, film * report], 1))[:, 0]


def turned(x):
    return torch.cat([torch.rot90(x[k::4], k, (2, 3)) for k in (1, 2, 3)])


def hinge(real, fake):
    return functional.relu(1 - real).mean() + functional.relu(1 + fake).mean()


class TorchStep:
    """One training step: discriminator updates, one of G and F, teacher forcing."""

    def __init__(self, config):
        self.config = config
        self.generator, self.encoder, self.decoder = (
            network(config) for network in (Generator, Encoder, Decoder)
        )
        self.judges = nn.ModuleList([ImageJudge(config), ReportJudge(config), PairJudge(config)])
        self.label_reader = nn.Linear(config.encoder_features, len(config.labels))
        networks = (self.encoder, self.decoder, self.label_reader)
        describers = [parameter for network in networks for parameter in network.parameters()]
        self.optimizers = {
            "generator": torch.optim.Adam(self.generator.parameters(), 2e-4, (0.0, 0.99)),
            "decoder": torch.optim.Adam(describers, 2e-3),
            "judges": torch.optim.Adam(self.judges.parameters(), 4e-4, (0.0, 0.99)),
        }
        self.rotated = 4 * math.ceil(config.rotated_share * config.batch_size / 4)
        self.angles = torch.arange(4).repeat_interleave(self.rotated // 4)

    def __call__(self, studies):
        config = self.config
        batches = [
            {key: value[k :: config.batches_per_step] for key, value in studies.items()}
            for k in range(config.batches_per_step)
        ]
        for batch in batches[: config.discriminator_steps]:
            self._judge(batch)
        for batch in batches[: config.decoder_steps]:
            self._teach(batch)
        self._generate(batches[-1])

    def _update(self, name, loss):
        optimizer = self.optimizers[name]
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    def _studies(self, labels):
        films = self.generator(torch.randn(len(labels), self.config.noise_dim), labels)
        v = self.encoder(films)
        return films, self.decoder.relaxed(v), v

    def _rotation(self, judge, h, turned_h):
        logits = judge.rotation(torch.cat([h[: self.rotated : 4], turned_h]))
        return functional.cross_entropy(logits, self.angles)

    def _labels(self, v, labels):
        logits = self.label_reader(v)
        losses = functional.binary_cross_entropy_with_logits(logits, labels, reduction="sum")
        return losses / len(labels)

    def _judge(self, batch):
        films, report, pair = self.judges
        real, labels, size = batch["image"], batch["labels"], len(batch["image"])
        with torch.no_grad():
            fake, fake_words, _ = self._studies(labels)
            words = self.decoder.embedding(batch["tokens"])
        h = films.features(torch.cat([real, fake, turned(real[: self.rotated])]))
        logits = films.logits(h[: 2 * size], torch.cat([labels, labels]))
        loss = hinge(logits[:size], logits[size:]) + self._rotation(films, h, h[2 * size :])
        logits = report(torch.cat([words, fake_words]))
        loss = loss + hinge(logits[:size], logits[size:])
        other = words.view(size // 2, 2, *words.shape[1:]).flip(1).reshape(words.shape)
        logits = pair(torch.cat([real, fake, real]), torch.cat([words, fake_words, other]))
        self._update("judges", loss + hinge(logits[:size], logits[size:]))

    def _teach(self, batch):
        v = self.encoder(batch["image"])
        stop, logits = self.decoder.teach(v, batch["tokens"])
        loss = functional.cross_entropy(logits.flatten(0, 1), batch["tokens"].flatten())
        stops = functional.binary_cross_entropy_with_logits(stop, torch.zeros_like(stop))
        self._update("decoder", loss + stops + 0.2 * self._labels(v, batch["labels"]))

    def _generate(self, batch):
        films, report, pair = self.judges
        fake, words, v = self._studies(batch["labels"])
        h = films.features(torch.cat([fake, turned(fake[: self.rotated])]))
        size = len(fake)
        loss = -films.logits(h[:size], batch["labels"]).mean() - report(words).mean()
        loss = loss - pair(fake, words).mean() + 0.2 * self._rotation(films, h, h[size:])
        loss = loss + 0.3 * self._labels(v, batch["labels"])
        self._update("generator", loss)
