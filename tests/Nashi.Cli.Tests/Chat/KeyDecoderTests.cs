using Nashi.Cli.Chat.Screen;

namespace Nashi.Cli.Tests.Chat;

/// <summary>Keys from bytes, cut anywhere.</summary>
public sealed class KeyDecoderTests
{
    [Theory]
    [InlineData("a", "Text:a")]
    [InlineData("é梨", "Text:é Text:梨")]
    [InlineData("\r", "Enter:")]
    [InlineData("\u001b\r", "AltEnter:")]
    [InlineData("\u0003\u0011", "Ctrl:c Ctrl:q")]
    [InlineData("\u007f\b", "Backspace: Backspace:")]
    [InlineData("\u001b[A\u001b[B\u001b[C\u001b[D", "Up: Down: Right: Left:")]
    [InlineData("\u001bOA\u001bOP", "Up: Help:")]
    [InlineData("\u001b[1;5C\u001b[1;3D\u001bb\u001bf", "WordRight: WordLeft: WordLeft: WordRight:")]
    [InlineData("\u001b[1;3A\u001b[1;3B", "AltUp: AltDown:")]
    [InlineData("\u001b[5~\u001b[6~\u001b[3~\u001b[H\u001b[F\u001b[1~\u001b[4~", "PageUp: PageDown: Delete: Home: End: Home: End:")]
    [InlineData("\u001b1\t\u001b[Z", "Alt:1 Tab: BackTab:")]
    [InlineData("\u001b[99;99xq", "Text:q")]
    [InlineData("\u001b[200~two\r\nlines\u001b[A\u001b[201~x", "Paste:two\r\nlines\u001b[A Text:x")]
    public void KeyDecoder_AnyCut_GivesTheSameKeys(string input, string expected)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(input);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var decoder = new KeyDecoder();
            var keys = decoder.Feed(bytes.AsSpan(0, cut)).Concat(decoder.Feed(bytes.AsSpan(cut)));
            Assert.Equal(expected, string.Join(' ', keys.Select(key => $"{key.Kind}:{key.Text}")));
        }
    }

    [Fact]
    public void KeyDecoder_LoneEscape_IsAKeyWhenNothingFollows()
    {
        var decoder = new KeyDecoder();
        Assert.Empty(decoder.Feed("\u001b"u8));
        Assert.True(decoder.IsPending);
        Assert.Equal(new Key(KeyKind.Escape), Assert.Single(decoder.Flush()));
        Assert.Equal(new Key(KeyKind.Text, "x"), Assert.Single(decoder.Feed("x"u8)));
    }

    [Fact]
    public void KeyDecoder_AnyBytes_NeitherThrowsNorKeepsMuch()
    {
        var random = new SeededRandom(3);
        var decoder = new KeyDecoder();
        var bytes = new byte[40];
        for (var i = 0; i < 20_000; i++)
        {
            random.Fill(bytes);
            // Many beginnings of sequences.
            for (var j = 0; j < bytes.Length; j += 5) bytes[j] = (byte)"\u001b[O~;0"[bytes[j] % 6];
            foreach (var key in decoder.Feed(bytes)) Assert.True(key.Kind != KeyKind.Text || !char.IsControl(key.Text[0]));
        }
    }
}
