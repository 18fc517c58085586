using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nashi.Chat.Profiles;

namespace Nashi.Cli.Chat;

/// <summary>Lets commands of other programs run in the one that has the profile open: a socket in the profile's folder, which is closed to other users.</summary>
/// <remarks>
/// One JSON object per line. The command line, the folder and what standard input holds go in; lines of output and errors come out, at the end the exit code. Who closes his side
/// stops the command.
/// </remarks>
internal sealed class Doorway : IAsyncDisposable
{
    private const string FileName = "door";
    private const int MaxRequest = 1 << 20;
    private static readonly string[] Allowed = ["create", "invite", "join", "rooms", "members", "send", "tail", "history", "save", "remove", "leave"];

    private readonly Socket _socket;
    private readonly string _path;
    private readonly ChatSession _session;
    private readonly CancellationTokenSource _closing = new();
    private readonly ConcurrentDictionary<Task, bool> _visits = new();
    private readonly Task _accepting;

    private Doorway(Socket socket, string path, ChatSession session)
    {
        (_socket, _path, _session) = (socket, path, session);
        _accepting = AcceptAsync();
    }

    /// <summary>Opens it; null where sockets of this kind, or so long a path, are not to be had.</summary>
    public static Doorway? TryOpen(CliContext context, ChatSession session)
    {
        var path = Path.Combine(ChatSession.FolderOf(context), FileName);
        try
        {
            // Left by a program that died: the lock says that nobody else is there.
            File.Delete(path);
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Bind(new UnixDomainSocketEndPoint(path));
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            socket.Listen();
            return new Doorway(socket, path, session);
        }
        catch (Exception error) when (error is SocketException or IOException or ArgumentException or PlatformNotSupportedException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Runs this program's command where the profile is open; false when there is no door.</summary>
    /// <exception cref="EndedElsewhereException">It ran, and did not succeed.</exception>
    public static async Task<bool> TryRunThereAsync(CliContext context, CancellationToken cancellation)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(ChatSession.FolderOf(context), FileName)), cancellation);
        }
        catch (Exception error) when (error is SocketException or ArgumentException or PlatformNotSupportedException)
        {
            return false;
        }

        var tokens = context.Parsed.Tokens.Select(token => token.Value).ToArray();
        if (!IsAllowed(tokens)) throw new ProfileBusyException("Another nashi has this profile open. Close it first: this command needs the profile for itself.");
        await using var stream = new NetworkStream(socket);
        var request = new JsonObject { ["args"] = new JsonArray([.. tokens.Select(token => (JsonNode)token)]), ["folder"] = Environment.CurrentDirectory };
        if (tokens.Contains("-", StringComparer.Ordinal)) request["input"] = await StandardInput.ReadAsync(MaxRequest / 8, cancellation);
        await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(request.ToJsonString() + "\n"), cancellation);
        await using var stopping = cancellation.Register(() => Shutdown(socket));
        var code = await ShowAsync(stream);
        return code == ExitCode.Success ? true : throw new EndedElsewhereException(code);
    }

    /// <summary>Closes it; commands that still run are stopped.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _socket.Dispose();
        await _accepting;
        await Task.WhenAll(_visits.Keys);
        File.Delete(_path);
        _closing.Dispose();
    }

    private static bool IsAllowed(string[] tokens)
    {
        var chat = Array.IndexOf(tokens, "chat");
        return chat >= 0 && tokens.Skip(chat + 1).FirstOrDefault(token => Allowed.Contains(token, StringComparer.Ordinal)) is not null;
    }

    private static void Shutdown(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // It ended by itself.
        }
    }

    private static async Task<int> ShowAsync(Stream stream)
    {
        using var reader = new StreamReader(stream, leaveOpen: true);
        while (await ReadLineAsync(reader) is { } line)
        {
            var said = JsonNode.Parse(line)!;
            if (said["code"] is { } code) return code.GetValue<int>();
            if (said["out"] is { } output) await Console.Out.WriteAsync(output.GetValue<string>());
            if (said["err"] is { } errors) await Console.Error.WriteAsync(errors.GetValue<string>());
        }

        throw new CliException("ERR_PROFILE_CLOSED", "The program that had this profile open has ended. Run the same again.");
    }

    private static async Task<string?> ReadLineAsync(StreamReader reader)
    {
        try
        {
            return await reader.ReadLineAsync();
        }
        catch (IOException)
        {
            return null;
        }
    }

    private async Task AcceptAsync()
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                var visit = VisitAsync(await _socket.AcceptAsync(_closing.Token));
                _visits[visit] = true;
                _ = visit.ContinueWith(done => _visits.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
            catch (Exception error) when (error is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // Closed, or one that went before it came in.
            }
        }
    }

    private async Task VisitAsync(Socket socket)
    {
        await Task.Yield();
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            if (await ReadRequestAsync(stream, gone.Token) is not { } request) return;
            var watching = WatchAsync(stream, gone);
            await RunAsync(request, stream, gone.Token);
            await gone.CancelAsync();
            await watching;
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException or JsonException or InvalidOperationException)
        {
            // Whoever asked went away, or spoke in riddles.
        }
    }

    private async Task RunAsync(JsonNode request, NetworkStream stream, CancellationToken cancellation)
    {
        var args = request["args"]!.AsArray().Select(arg => arg!.GetValue<string>()).ToArray();
        if (!IsAllowed(args)) return;
        ChatSession.Shared = _session;
        WorkingFolder.Folder = request["folder"]?.GetValue<string>();
        StandardInput.Text = request["input"]?.GetValue<string>() ?? "";
        var gate = new Lock();
        await using var output = new LineWriter(stream, gate, "out");
        await using var errors = new LineWriter(stream, gate, "err");
        var code = await CommandTree.RunForAnotherAsync(args, output, errors, cancellation);
        LineWriter.Say(stream, gate, new JsonObject { ["code"] = code });
    }

    private static async Task<JsonNode?> ReadRequestAsync(NetworkStream stream, CancellationToken cancellation)
    {
        var bytes = new List<byte>();
        var block = new byte[4096];
        while (bytes.Count < MaxRequest && await stream.ReadAsync(block, cancellation) is > 0 and var read)
        {
            bytes.AddRange(block.AsSpan(0, read));
            if (bytes[^1] == (byte)'\n') return JsonNode.Parse(bytes.ToArray());
        }

        return null;
    }

    private static async Task WatchAsync(NetworkStream stream, CancellationTokenSource gone)
    {
        try
        {
            // Nothing more is said: what ends the waiting is the end.
            _ = await stream.ReadAsync(new byte[1], gone.Token);
            await gone.CancelAsync();
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            await gone.CancelAsync();
        }
    }
}
