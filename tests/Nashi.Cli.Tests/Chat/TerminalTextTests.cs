using Nashi.Cli.Output;

namespace Nashi.Cli.Tests.Chat;

/// <summary>What others wrote cannot act on the terminal.</summary>
public sealed class TerminalTextTests
{
    [Theory]
    [InlineData("\u001b[2J\u001b[Hgone", "\ufffd[2J\ufffd[Hgone")]
    [InlineData("\u001b]0;title\u0007", "\ufffd]0;title\ufffd")]
    [InlineData("\u001b]52;c;ZXZpbA==\u001b\\", "\ufffd]52;c;ZXZpbA==\ufffd\\")]
    [InlineData("\u009b31mred", "\ufffd31mred")]
    [InlineData("a\bb\u007f", "a\ufffdb\ufffd")]
    [InlineData("file\u202egpj.exe", "file\ufffdgpj.exe")]
    [InlineData("\u2066a\u2069", "\ufffda\ufffd")]
    [InlineData("a\u200bd\u200ea\ufeff", "ada")]
    [InlineData("\uffff\ufdd0", "\ufffd\ufffd")]
    [InlineData("x\U000E0041y", "xy")]
    public void TerminalText_WhatActs_IsNeutralised(string text, string expected)
    {
        Assert.Equal(expected, TerminalText.Line(text));
        Assert.Equal(expected, TerminalText.Block(text));
    }

    [Theory]
    [InlineData("נָשִׁי")]
    [InlineData("नशि, ナシ, 梨, 나시")]
    [InlineData("👩‍👩‍👧‍👦 ❤️ 🇫🇷 👍🏽")]
    [InlineData("e\u0301")]
    [InlineData("می‌خواهم")]
    public void TerminalText_EveryScript_StaysAsItIs(string text) => Assert.Equal(text, TerminalText.Line(text));

    [Fact]
    public void TerminalText_LineBreaks_ForgeNoLine()
    {
        Assert.Equal("Ada 12:00 Bob: I agree", TerminalText.Line("Ada\n12:00 Bob: I agree"));
        Assert.Equal("a b c d", TerminalText.Line("a\r\nb\u2028c\u0085d"));
        Assert.Equal("a\nb\nc\nd\te", TerminalText.Block("a\r\nb\u2028c\rd\te"));
    }

    [Fact]
    public void TerminalText_StackedMarks_AreFew() => Assert.Equal(1 + 4, TerminalText.Line("a" + new string('\u0301', 1000)).Length);

    [Theory]
    [InlineData("  Ada \n Lovelace ", "Ada Lovelace")]
    [InlineData("\u200b\u200b", "(no name)")]
    [InlineData(null, "(no name)")]
    public void TerminalText_Name_IsOneShortLine(string? text, string expected) => Assert.Equal(expected, TerminalText.Name(text));

    [Fact]
    public void TerminalText_LongName_IsCut() => Assert.Equal("梨梨梨…", TerminalText.Name(new string('梨', 100), 8));

    [Fact]
    public void TerminalText_AnyChars_LeaveNothingThatActs()
    {
        for (var c = 0; c <= 0xffff; c++)
        {
            var clean = TerminalText.Line($"a{(char)c}b");
            Assert.DoesNotContain(clean, x => char.IsControl(x) || x is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') || char.IsSurrogate(x));
        }
    }

    [Theory]
    [InlineData("abc", 3)]
    [InlineData("e\u0301", 1)]
    [InlineData("梨花", 4)]
    [InlineData("나", 2)]
    [InlineData("👩‍👩‍👧‍👦", 2)]
    [InlineData("❤️", 2)]
    [InlineData("❤", 1)]
    [InlineData("🇫🇷", 2)]
    [InlineData("👍🏽", 2)]
    [InlineData("שָׁ", 1)]
    public void CellWidth_OfClusters_IsWhatTerminalsTake(string text, int cells) => Assert.Equal(cells, CellWidth.Of(text));

    [Fact]
    public void CellWidth_Wrap_BreaksAtSpacesAndLongWords()
    {
        Assert.Equal(["the quick", "brown fox"], CellWidth.Wrap("the quick brown fox", 10));
        Assert.Equal(["abcde", "fgh i"], CellWidth.Wrap("abcdefgh i", 5));
        Assert.Equal(["梨梨", "梨"], CellWidth.Wrap("梨梨梨", 5));
        Assert.Equal(["a", "", "b"], CellWidth.Wrap("a\n\nb", 5));
        Assert.Equal(["abcde", "fg"], CellWidth.Wrap("abcde fg", 5));
        Assert.Equal([""], CellWidth.Wrap("", 5));
    }

    [Fact]
    public void CellWidth_Wrap_LosesNothingAndFits()
    {
        var random = new SeededRandom(7);
        string[] parts = ["a", "bc ", "梨", " ", "👩‍👩‍👧‍👦", "e\u0301", "longerword", "🇫🇷"];
        for (var i = 0; i < 500; i++)
        {
            var text = string.Concat(Enumerable.Range(0, 30).Select(_ => parts[((IRandom)random).Next(parts.Length)]));
            var lines = CellWidth.Wrap(text, 2 + ((IRandom)random).Next(20));
            Assert.Equal(text.Replace(" ", "", StringComparison.Ordinal), string.Concat(lines).Replace(" ", "", StringComparison.Ordinal));
        }
    }
}
