namespace Nashi.Fuzz;

/// <summary>A decoder that sees a stranger's bytes.</summary>
/// <param name="Name">What it is called in reports.</param>
/// <param name="Corpus">The areas of <c>tests/vectors</c> that inputs are bent from.</param>
/// <param name="Decode">Decodes; true when it accepted. Must not throw.</param>
/// <param name="BytesPerByte">How many bytes it may allocate for each byte of input, beyond a fixed sum.</param>
internal sealed record Target(string Name, string[] Corpus, Func<byte[], bool> Decode, int BytesPerByte = 64);
