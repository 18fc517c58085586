namespace Nashi.TestKit;

/// <summary>Makes inputs from a seed number: bent seeds, joined seeds, and noise.</summary>
public sealed class Mutator(IReadOnlyList<byte[]> seeds, ulong seed)
{
    // Numbers at the borders of the formats: compact encoding's prefixes, 2^53, signs, lengths past the end.
    private static readonly byte[][] Borders =
    [
        [0], [1], [0x7f], [0x80], [0xfc], [0xfd], [0xfe], [0xff], [0xfd, 0xff, 0xff], [0xfd, 0xfc, 0], [0xfe, 0xff, 0xff, 0xff, 0xff], [0xfe, 0xff, 0xff, 0xff, 0x7f],
        [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f, 0], [0xff, 0, 0, 0, 0, 0, 0, 0x20, 0], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1], [0xff, 0xff, 0xff, 0xff, 0x0f], [0xed, 0xa0, 0x80], [0, 0, 0, 0, 0, 0, 0, 0],
    ];

    private readonly IRandom _random = new SeededRandom(seed);

    /// <summary>The next one.</summary>
    public byte[] Next()
    {
        var input = Pick();
        if (_random.Next(20) == 0) return Noise(_random.Next(300));
        for (var bends = _random.Next(4); bends >= 0; bends--) input = Bend(input);
        return input;
    }

    private byte[] Bend(byte[] input) => _random.Next(10) switch
    {
        0 => Flip(input),
        1 => input[.._random.Next(input.Length + 1)],
        2 => input[_random.Next(input.Length + 1)..],
        3 => Splice(input, Borders[_random.Next(Borders.Length)], overwrite: true),
        4 => Splice(input, Borders[_random.Next(Borders.Length)], overwrite: false),
        5 => [.. input, .. Noise(_random.Next(40))],
        6 => Splice(input, Pick(), overwrite: _random.Next(2) == 0),
        7 => Splice(input, Noise(1), overwrite: true),
        8 => Repeat(input),
        _ => input,
    };

    private byte[] Pick() => seeds[_random.Next(seeds.Count)];

    private byte[] Flip(byte[] input)
    {
        if (input.Length == 0) return input;
        var bent = input.ToArray();
        bent[_random.Next(bent.Length)] ^= (byte)(1 << _random.Next(8));
        return bent;
    }

    private byte[] Repeat(byte[] input)
    {
        var from = _random.Next(input.Length + 1);
        return Splice(input, input[from..Math.Min(input.Length, from + 1 + _random.Next(64))], overwrite: false);
    }

    private byte[] Splice(byte[] input, byte[] part, bool overwrite)
    {
        var at = _random.Next(input.Length + 1);
        var rest = overwrite ? Math.Min(input.Length, at + part.Length) : at;
        return [.. input[..at], .. part, .. input[rest..]];
    }

    private byte[] Noise(int length)
    {
        var bytes = new byte[length];
        _random.Fill(bytes);
        return bytes;
    }
}
