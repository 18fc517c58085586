using System.Runtime.InteropServices;
using System.Threading.Channels;
using Nashi.Chat;
using Nashi.Cli.Chat.Screen;
using Nashi.Cli.Output;

namespace Nashi.Cli.Chat;

/// <summary>Connects the screen's model with the terminal and with the conversations. One loop owns the model; everything else posts to it.</summary>
internal sealed class ChatLoop : IDisposable
{
    private static readonly TimeSpan EscapePause = TimeSpan.FromMilliseconds(40);

    private readonly Channel<Action> _posts = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _leaving = new();
    private readonly KeyDecoder _decoder = new();
    private readonly ChatSession _session;
    private readonly Tty _tty;
    private readonly ChatModel _model;
    private readonly ChatDeeds _deeds;
    private readonly bool _usesColor = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
    private Frame? _shown;

    public ChatLoop(ChatSession session, Tty tty)
    {
        (_session, _tty) = (session, tty);
        _model = new ChatModel { Self = TerminalText.Name(session.Profile.Name), Zone = TimeZoneInfo.Local };
        _deeds = new ChatDeeds(session, _model, Post, _leaving.Token);
    }

    /// <summary>Runs until the user leaves.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var resized = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Post(Resize));
        await using var stopped = cancellation.Register(() => Post(_leaving.Cancel));
        _tty.Write(Painter.Enter);
        try
        {
            Resize();
            Paint();
            new Thread(ReadKeys) { IsBackground = true, Name = "keys" }.Start();
            _session.RoomOpened += _deeds.Follow;
            _deeds.OpenAll();
            while (!_leaving.IsCancellationRequested) await StepAsync();
        }
        finally
        {
            _session.RoomOpened -= _deeds.Follow;
            _tty.Write(Painter.Leave);
            _tty.Dispose();
        }

        await _deeds.EndAsync();
    }

    public void Dispose() => _leaving.Dispose();

    private void Post(Action action) => _posts.Writer.TryWrite(action);

    private async Task StepAsync()
    {
        if (_decoder.IsPending) await FlushEscapeAsync();
        else _ = await _posts.Reader.WaitToReadAsync();
        while (!_leaving.IsCancellationRequested && _posts.Reader.TryRead(out var action)) action();
        if (!_leaving.IsCancellationRequested) Paint();
    }

    // An escape that nothing follows is the key itself.
    private async Task FlushEscapeAsync()
    {
        try
        {
            _ = await _posts.Reader.WaitToReadAsync().AsTask().WaitAsync(EscapePause);
        }
        catch (TimeoutException)
        {
            foreach (var key in _decoder.Flush()) Press(key);
        }
    }

    private void ReadKeys()
    {
        var bytes = new byte[4096];
        try
        {
            while (_tty.Read(bytes) is > 0 and var read)
            {
                var pressed = bytes.AsSpan(0, read).ToArray();
                Post(() =>
                {
                    foreach (var key in _decoder.Feed(pressed)) Press(key);
                });
            }
        }
        catch (IOException)
        {
            // The terminal is gone.
        }

        Post(_leaving.Cancel);
    }

    private void Press(Key key)
    {
        foreach (var intent in _model.Handle(key))
        {
            if (intent is Intent.Quit) _leaving.Cancel();
            else _deeds.Do(intent);
        }
    }

    private void Resize()
    {
        var (width, height) = _tty.Size;
        _model.Resize(width, height);
        _shown = null;
    }

    private void Paint()
    {
        var next = ChatView.Render(_model);
        _tty.Write(Painter.Paint(_shown, next, _usesColor));
        _shown = next;
    }
}
