using Nashi.Cli.Chat.Screen;
using Nashi.Cli.Output;

namespace Nashi.Cli.Tests.Chat;

/// <summary>The full-screen client without a screen.</summary>
public sealed class ScreenTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);
    private readonly ChatModel _model = new() { Self = "Ada" };
    private ulong _position;

    public ScreenTests() => _model.Resize(80, 24);

    private string Screen => ChatView.Render(_model).ToString();

    [Fact]
    public void Screen_OfARoom_ShowsRoomsMessagesAndWhatIsTyped()
    {
        AddRooms();
        _ = Put("1", "Bob", "hello 梨花", isNews: true);
        _ = Put("1", "Ada", "hi", isNews: true, isOwn: true);
        _model.Room("1").SetDelivery("m2", "+", "on 1 of 2 members");
        Type("how are you");
        var screen = Screen;
        Assert.Contains("▸family", screen, StringComparison.Ordinal);
        Assert.Contains("12:00 Bob: hello 梨花", screen, StringComparison.Ordinal);
        Assert.Contains("12:00 Ada: hi +", screen, StringComparison.Ordinal);
        Assert.Contains("> how are you", screen, StringComparison.Ordinal);
        Assert.Contains("Wednesday, 25 November 2026", screen, StringComparison.Ordinal);
    }

    [Fact]
    public void Screen_Enter_SendsAndRemembers()
    {
        AddRooms();
        Type("one");
        Assert.Equal(new Intent.Send("1", "one"), Assert.Single(Press(KeyKind.Enter)));
        Type("//two");
        Assert.Equal(new Intent.Send("1", "/two"), Assert.Single(Press(KeyKind.Enter)));
        _ = Press(KeyKind.Up);
        _ = Press(KeyKind.Up);
        Assert.Equal("one", _model.Editor.Text);
        _ = Press(KeyKind.Down);
        _ = Press(KeyKind.Down);
        Assert.True(_model.Editor.IsEmpty);
        Assert.Empty(Press(KeyKind.Enter));
    }

    [Fact]
    public void Screen_SlashLines_AreCommands()
    {
        AddRooms();
        Assert.Equal(new Intent.Command("1", "file", "a b.txt"), Assert.Single(Enter("/file a b.txt")));
        Assert.Equal(new Intent.Quit(), Assert.Single(Enter("/quit")));
        _ = Put("1", "Bob", "x", isNews: true);
        Assert.Equal(new Intent.Send("1", "yes", "m1"), Assert.Single(Enter("/reply yes")));
        Assert.Equal(new Intent.React("1", "m1", "👍"), Assert.Single(Enter("/react 👍")));
        Assert.Empty(Enter("/edit nothing of ours"));
        Assert.True(_model.IsBadNews);
    }

    [Theory]
    [InlineData("c")]
    [InlineData("q")]
    public void Screen_CtrlCAndCtrlQ_Leave(string letter)
    {
        Assert.Equal(new Intent.Quit(), Assert.Single(_model.Handle(new Key(KeyKind.Ctrl, letter))));
        AddRooms();
        Type("half a line");
        Assert.Equal(new Intent.Quit(), Assert.Single(_model.Handle(new Key(KeyKind.Ctrl, letter))));
    }

    [Fact]
    public void Screen_MessagesElsewhere_CountUntilLookedAt()
    {
        AddRooms();
        Assert.Empty(Put("2", "Bob", "x", isNews: true));
        _ = Put("2", "Bob", "y", isNews: true);
        Assert.Equal(2, _model.Room("2").Unread);
        Assert.Contains(" 2 │", Screen, StringComparison.Ordinal);
        Assert.Equal([new Intent.Look("2"), new Intent.MarkRead("2")], Press(KeyKind.Tab));
        Assert.Equal(0, _model.Room("2").Unread);
        Assert.Contains("─ new ─", Screen, StringComparison.Ordinal);
        Assert.Equal([new Intent.MarkRead("2")], Put("2", "Bob", "z", isNews: true));
        _ = Press(KeyKind.BackTab);
        _ = Press(KeyKind.Tab);
        Assert.DoesNotContain("─ new ─", Screen, StringComparison.Ordinal);
    }

    [Fact]
    public void Screen_DraftsAreKeptPerRoom()
    {
        AddRooms();
        Type("for the family");
        _ = Press(KeyKind.Tab);
        Assert.True(_model.Editor.IsEmpty);
        _ = _model.Handle(new Key(KeyKind.Alt, "1"));
        Assert.Equal("for the family", _model.Editor.Text);
    }

    [Fact]
    public void Screen_ScrolledBack_StaysWhenMessagesComeAndAsksForOlder()
    {
        AddRooms();
        for (var i = 0; i < 100; i++) _ = Put("1", "Bob", $"number {i}", isNews: false);
        Assert.Empty(Press(KeyKind.PageUp));
        var before = Rows();
        Assert.DoesNotContain("number 99", Screen, StringComparison.Ordinal);
        Assert.Empty(Put("1", "Bob", "news", isNews: true));
        Assert.Equal(before, Rows());
        Assert.Contains("1 new below", Screen, StringComparison.Ordinal);
        Intent? asked = null;
        for (var i = 0; i < 10; i++) asked ??= Press(KeyKind.PageUp).SingleOrDefault();
        Assert.Equal(new Intent.LoadOlder("1"), asked);
        Assert.Contains("number 0", Screen, StringComparison.Ordinal);
        _model.PutOlder("1", [Line(0, "Bob", "older") with { Id = "old" }], hasOlder: false);
        _ = Press(KeyKind.PageUp);
        Assert.Contains("older", Screen, StringComparison.Ordinal);
        Assert.Equal([new Intent.MarkRead("1")], Press(KeyKind.Escape));
        Assert.Contains("news", Screen, StringComparison.Ordinal);
    }

    [Fact]
    public void Screen_ChangedMessage_TakesItsPlaceAndKeepsItsMark()
    {
        AddRooms();
        _ = Put("1", "Ada", "first", isNews: true, isOwn: true);
        _model.Room("1").SetDelivery("m1", "*", "on 2 of 2 members");
        _ = Put("1", "Bob", "second", isNews: true);
        _ = _model.Put("1", Line(1, "Ada", "FIRST") with { Id = "m1", IsOwn = true, Remark = "edited" }, isNews: true);
        Assert.Equal(["FIRST", "second"], _model.Room("1").Messages.Select(message => message.Text));
        Assert.Contains("FIRST (edited) *", Screen, StringComparison.Ordinal);
    }

    [Fact]
    public void Screen_Page_CoversMessagesUntilClosed()
    {
        AddRooms();
        _ = Press(KeyKind.Help);
        Assert.Contains("/create <name>", Screen, StringComparison.Ordinal);
        _ = Press(KeyKind.Escape);
        Assert.DoesNotContain("/create <name>", Screen, StringComparison.Ordinal);
    }

    [Fact]
    public void Screen_LongLinesAndOddSizes_StayInside()
    {
        AddRooms();
        var random = new SeededRandom(11);
        IRandom dice = random;
        string[] parts = ["word ", "梨花", "👩‍👩‍👧‍👦", "e\u0301", "averyveryverylongword", "\n", "🇫🇷 "];
        for (var i = 0; i < 60; i++)
        {
            var text = string.Concat(Enumerable.Range(0, dice.Next(40)).Select(_ => parts[dice.Next(parts.Length)]));
            _ = _model.Put("1", Line(++_position, i % 3 == 0 ? "梨花梨花梨花梨花" : "Bob", text) with { IsOwn = i % 2 == 0, Mark = "+", Quote = i % 5 == 0 ? text.Replace('\n', ' ') : null, Files = i % 7 == 0 ? [text.Replace('\n', ' ')] : [] }, isNews: true);
            _ = _model.Handle(new Key(KeyKind.Paste, text));
            _model.Resize(dice.Next(120), dice.Next(50));
            var frame = ChatView.Render(_model);
            Assert.InRange(frame.Cursor.X, 0, frame.Width - 1);
            Assert.InRange(frame.Cursor.Y, 0, frame.Height - 1);
        }
    }

    [Fact]
    public void Painter_AnyChanges_LeaveTheTerminalShowingTheFrame()
    {
        AddRooms();
        var dice = (IRandom)new SeededRandom(12);
        string[] parts = ["word ", "梨花", "👩‍👩‍👧‍👦", "e\u0301 ", "x", "🇫🇷 "];
        var (terminal, shown) = (new TinyTerminal(80, 24), default(Frame));
        for (var i = 0; i < 300; i++)
        {
            switch (dice.Next(5))
            {
                case 0: _ = Put(dice.Next(2) == 0 ? "1" : "2", "Bob", string.Concat(Enumerable.Range(0, 1 + dice.Next(30)).Select(_ => parts[dice.Next(parts.Length)])), isNews: true); break;
                case 1: Type(parts[dice.Next(parts.Length)]); break;
                case 2: _ = Press(KeyKind.Tab); break;
                case 3: _ = Press(dice.Next(2) == 0 ? KeyKind.PageUp : KeyKind.PageDown); break;
                default: _ = Press(KeyKind.Backspace); break;
            }

            var next = ChatView.Render(_model);
            terminal.Write(Painter.Paint(shown, next, usesColor: true));
            terminal.AssertShows(next);
            shown = next;
        }
    }

    [Fact]
    public void Painter_NothingChanged_WritesNoText()
    {
        AddRooms();
        var frame = ChatView.Render(_model);
        Assert.DoesNotContain("family", Painter.Paint(frame, ChatView.Render(_model), usesColor: false), StringComparison.Ordinal);
    }

    [Fact]
    public void LineEditor_Editing_MovesByWholeCharacters()
    {
        var editor = new LineEditor();
        _ = editor.Handle(new Key(KeyKind.Text, "a👩‍👩‍👧‍👦e\u0301"));
        _ = editor.Handle(new Key(KeyKind.Backspace));
        Assert.Equal("a👩‍👩‍👧‍👦", editor.Text);
        _ = editor.Handle(new Key(KeyKind.Left));
        Assert.Equal(1, editor.Cursor);
        _ = editor.Handle(new Key(KeyKind.Delete));
        Assert.Equal("a", editor.Text);
        editor.Set("one two three");
        _ = editor.Handle(new Key(KeyKind.Ctrl, "w"));
        Assert.Equal("one two ", editor.Text);
        _ = editor.Handle(new Key(KeyKind.WordLeft));
        _ = editor.Handle(new Key(KeyKind.Ctrl, "k"));
        Assert.Equal("one ", editor.Text);
        _ = editor.Handle(new Key(KeyKind.Paste, "\u001b[31mx\ty"));
        Assert.Equal("one \ufffd[31mx    y", editor.Text);
    }

    private void AddRooms()
    {
        _model.Room("1").Name = "family";
        _model.Room("2").Name = "work";
        _ = _model.Look("1").ToList();
    }

    private MessageLine Line(ulong position, string author, string text) =>
        new() { Id = $"m{position}", Position = position, Author = TerminalText.Name(author), Time = Noon, Text = text };

    private List<Intent> Put(string room, string author, string text, bool isNews, bool isOwn = false) =>
        [.. _model.Put(room, Line(++_position, author, text) with { IsOwn = isOwn }, isNews)];

    private List<Intent> Press(KeyKind kind) => [.. _model.Handle(new Key(kind))];

    private void Type(string text) => _ = _model.Handle(new Key(KeyKind.Text, text)).ToList();

    private List<Intent> Enter(string line)
    {
        Type(line);
        return Press(KeyKind.Enter);
    }

    private string Rows() => string.Join('\n', Screen.Split('\n')[1..20].Select(row => row[(row.IndexOf('│', StringComparison.Ordinal) + 1)..]));
}
