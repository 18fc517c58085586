using System.Collections.Concurrent;
using System.Globalization;
using Nashi.Chat;
using Nashi.Cli.Chat.Commands;
using Nashi.Cli.Chat.Screen;
using Nashi.Cli.Output;

namespace Nashi.Cli.Chat;

/// <summary>Does what the user of the full screen wants, and brings news of the rooms to it. Works beside the loop; the model is only touched in what is posted.</summary>
internal sealed class ChatDeeds(ChatSession session, ChatModel model, Action<Action> post, CancellationToken leaving)
{
    private const int Page = 100;
    private const int Marked = 200;

    private readonly ConcurrentDictionary<string, Room> _rooms = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Task, bool> _running = new();
    private readonly ConcurrentDictionary<string, bool> _loaded = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileShelf> _shelves = new(StringComparer.Ordinal);
    private int _notes;
    private int _files;

    /// <summary>Opens all rooms, the one with the newest message first.</summary>
    public void OpenAll() => Run(async () =>
    {
        foreach (var summary in session.Host.Rooms.OrderByDescending(room => room.LastActivity).Where(room => room.Id is not null)) _ = await session.OpenRoomAsync(summary.Id.ToString()!, leaving);
    });

    /// <summary>Shows a room that was opened.</summary>
    public void Follow(Room room)
    {
        var id = room.Id.ToString();
        if (!_rooms.TryAdd(id, room)) return;
        Run(() => WatchAsync(id, room));
    }

    /// <summary>Does something.</summary>
    public void Do(Intent intent) => Run(() => DoAsync(intent));

    /// <summary>Waits for what is under way, after leaving.</summary>
    public Task EndAsync() => Task.WhenAll(_running.Keys);

    private void Run(Func<Task> deed)
    {
        var task = GuardAsync(deed);
        if (task.IsCompleted) return;
        _running[task] = true;
        _ = task.ContinueWith(done => _running.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task GuardAsync(Func<Task> deed)
    {
        await Task.Yield();
        try
        {
            await deed();
        }
        catch (OperationCanceledException) when (leaving.IsCancellationRequested)
        {
            // Leaving ends everything.
        }
        catch (Exception error) when (error is NashiException or IOException or UnauthorizedAccessException or ArgumentException or FormatException or ObjectDisposedException)
        {
            post(() => model.Say(error.Message, isBad: true));
        }
    }

    private async Task WatchAsync(string id, Room room)
    {
        await using var events = new RoomEvents(room, leaving);
        var unread = await room.CountUnreadAsync(leaving);
        post(() =>
        {
            Describe(id, room);
            model.Room(id).Unread = unread;
            if (model.Current is null) Act(model.Look(id));
        });
        while (await events.NextAsync() is { } news) post(() => Tell(id, room, news));
    }

    private void Describe(string id, Room room)
    {
        var pane = model.Room(id);
        pane.Name = TerminalText.Name(room.Name, 60);
        pane.Peers = room.PeerCount;
        pane.Status = RoomNews.TextOf(room.Status);
    }

    private void Tell(string id, Room room, RoomEvent news)
    {
        switch (news)
        {
            case MessageEvent { Message: var message }:
                Act(model.Put(id, LineOf(room, message), isNews: true));
                if (message.ReplyTo is { } target) Quote(id, room, message, target);
                break;
            case EditedEvent { Message: var message }:
                Act(model.Put(id, LineOf(room, message), isNews: true));
                break;
            case DeletedEvent { Id: var changed }:
                Refresh(id, room, changed);
                break;
            case ReactionEvent { Id: var changed }:
                Refresh(id, room, changed);
                break;
            case DeliveryEvent:
                Remark(id, room);
                break;
            case MemberJoinedEvent or MemberLeftEvent or KeyChangedEvent or RefusedEvent or StatusEvent when RoomNews.Of(room, news)?.Text is { } text:
                Act(model.Put(id, Note(room, text[3..]), isNews: true));
                Remark(id, room);
                break;
        }

        Describe(id, room);
    }

    private void Act(IEnumerable<Intent> intents)
    {
        foreach (var intent in intents) Do(intent);
    }

    private MessageLine Note(Room room, string text) =>
        new() { Id = string.Create(CultureInfo.InvariantCulture, $"note {++_notes}"), Position = room.Length, Time = TimeProvider.System.GetUtcNow(), Text = TerminalText.Line(text) };

    private MessageLine LineOf(Room room, ChatMessage message)
    {
        var delivery = message.IsOwn ? room.DeliveryOf(message.Id) : null;
        return new MessageLine
        {
            Id = message.Id.ToString(),
            Position = message.Position,
            Author = Speaker.NameOf(room, message.Author, message.AuthorName),
            Color = Speaker.ColorOf(message.Author),
            Time = message.Time,
            Text = MessageReport.TextOf(message),
            Files = [.. message.Attachments.Select(file => Shelf(room).Label(message.Id, file))],
            Reactions = MessageReport.ReactionsOf(message),
            Remark = MessageReport.Remarks(message),
            IsOwn = message.IsOwn,
            Mark = delivery is null ? "" : MessageReport.MarkOf(delivery),
            Delivery = delivery?.ToString() ?? "",
        };
    }

    private FileShelf Shelf(Room room)
    {
        var id = room.Id.ToString();
        if (!_shelves.TryGetValue(id, out var shelf)) _shelves[id] = shelf = new FileShelf();
        return shelf;
    }

    private void Remark(string id, Room room)
    {
        foreach (var message in model.Room(id).Messages.TakeLast(Marked).Where(message => message.IsOwn).ToList())
        {
            if (!MessageId.TryParse(message.Id, out var own)) continue;
            var delivery = room.DeliveryOf(own);
            model.Room(id).SetDelivery(message.Id, MessageReport.MarkOf(delivery), delivery.ToString());
        }
    }

    private void Refresh(string id, Room room, MessageId changed) => Run(async () =>
    {
        if (await room.FindAsync(changed, leaving) is { } message) post(() => ReplaceShown(id, room, message));
    });

    private void ReplaceShown(string id, Room room, ChatMessage message)
    {
        var shown = message.Id.ToString();
        if (model.Room(id).Messages.LastOrDefault(line => line.Id == shown) is { } old) _ = model.Room(id).Put(LineOf(room, message) with { Quote = old.Quote });
    }

    private void Quote(string id, Room room, ChatMessage message, MessageId target) => Run(async () =>
    {
        if (await room.FindAsync(target, leaving) is not { } quoted) return;
        post(() => model.Room(id).Put(LineOf(room, message) with { Quote = $"{Speaker.NameOf(room, quoted.Author, quoted.AuthorName)}: {TerminalText.Line(MessageReport.TextOf(quoted))}" }));
    });

    private Task DoAsync(Intent intent) => intent switch
    {
        Intent.Look look => LoadAsync(look.Room),
        Intent.LoadOlder older => LoadOlderAsync(older.Room),
        Intent.MarkRead read => RoomOf(read.Room).MarkReadAsync(leaving).AsTask(),
        Intent.Send send => RoomOf(send.Room).SendAsync(new Draft(send.Text, IdOf(send.ReplyTo)), leaving).AsTask(),
        Intent.Edit edit => RoomOf(edit.Room).EditAsync(IdOf(edit.Id)!.Value, edit.Text, leaving).AsTask(),
        Intent.Delete delete => RoomOf(delete.Room).DeleteAsync(IdOf(delete.Id)!.Value, leaving).AsTask(),
        Intent.React react => RoomOf(react.Room).ReactAsync(IdOf(react.Id)!.Value, react.Emoji, cancellationToken: leaving).AsTask(),
        Intent.Command command => CommandAsync(command),
        _ => Task.CompletedTask,
    };

    private async Task LoadAsync(string id)
    {
        if (!_loaded.TryAdd(id, true)) return;
        var room = RoomOf(id);
        var unread = await room.CountUnreadAsync(leaving);
        var page = await room.HistoryAsync(null, Math.Max(Page, Math.Min(unread + 20, 1000)), leaving);
        post(() =>
        {
            if (unread > 0) model.Room(id).FirstUnread = page.Where(message => !message.IsOwn).Reverse().Take(unread).LastOrDefault()?.Id.ToString();
            ShowOlder(id, room, page);
        });
    }

    private async Task LoadOlderAsync(string id)
    {
        var room = RoomOf(id);
        // Asked of the model where it is owned.
        var asked = new TaskCompletionSource<ulong?>(TaskCreationOptions.RunContinuationsAsynchronously);
        post(() => asked.SetResult(model.Room(id).Messages.FirstOrDefault(message => !message.IsNote)?.Position));
        var page = await room.HistoryAsync(await asked.Task.WaitAsync(leaving), Page, leaving);
        post(() => ShowOlder(id, room, page));
    }

    private void ShowOlder(string id, Room room, IReadOnlyList<ChatMessage> page)
    {
        model.PutOlder(id, page.Select(message => LineOf(room, message)), page.Count > 0);
        foreach (var message in page)
        {
            if (message.ReplyTo is { } target) Quote(id, room, message, target);
        }
    }

    private async Task CommandAsync(Intent.Command command)
    {
        switch (command.Name)
        {
            case "create":
                var made = await session.CreateRoomAsync(TerminalText.Line(Require(command, "a name")), leaving);
                post(() => Act(model.Look(made.Id.ToString())));
                break;
            case "join":
                await JoinAsync(Require(command, "an invitation"));
                break;
            case "invite":
                await InviteAsync(RoomOf(command.Room), command.Argument);
                break;
            case "members":
                ShowMembers(RoomOf(command.Room));
                break;
            case "remove":
                var room = RoomOf(command.Room);
                var member = Speaker.Find(room, Require(command, "a member"));
                await room.RemoveAsync(member.Identity, leaving);
                break;
            case "file":
                await SendFileAsync(RoomOf(command.Room), Require(command, "a path"));
                break;
            case "save":
                await SaveAsync(RoomOf(command.Room), Require(command, "the number of a file"));
                break;
            case "delivery":
                post(() => ShowDelivery(command.Room));
                break;
            default:
                throw CliException.Usage($"There is no /{TerminalText.Line(command.Name)}. F1 tells what there is; // begins a message with a slash.");
        }
    }

    private async Task JoinAsync(string text)
    {
        if (!InviteLink.TryParse(text.ToLowerInvariant(), out var link)) throw CliException.Usage($"That is not an invitation: one begins with {InviteLink.Prefix}");
        try
        {
            var room = await session.JoinAsync(link, new Told<JoinStep>(step => post(() => Progress("join", step == JoinStep.Searching ? "joining: looking for a member" : "joining: fetching the room"))), leaving);
            post(() => Act(model.Look(room.Id.ToString())));
        }
        finally
        {
            post(() => Progress("join", null));
        }
    }

    private async Task InviteAsync(Room room, string argument)
    {
        var parts = argument.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var options = new InviteOptions
        {
            Role = parts.Length > 0 ? ChatLine.ParseRole(parts[0]) : RoomRole.Member,
            MaxUses = parts.Length > 1 ? ChatLine.ParseUses(parts[1]) : 1,
        };
        var text = (await room.InviteAsync(options, leaving)).ToText();
        post(() =>
        {
            var width = ChatView.MessageWidth(model.Width) - 2;
            var picture = QrPicture.Draw(text).Split('\n').Select(line => line.TrimEnd('\r')).ToList();
            var fits = picture.Count > 0 && picture[0].Length <= width;
            model.Show($"Invitation into {TerminalText.Name(room.Name)}", [.. CellWidth.Wrap(text, width), "", "Whoever reads it can use it. They enter while a member is online.", "", .. fits ? picture : ["(The window is too narrow for the QR code.)"]]);
        });
    }

    private void ShowMembers(Room room)
    {
        var lines = MembersCommand.Sorted(room).Select(member => MembersCommand.ToText(room, member)).ToList();
        post(() => model.Show($"Members of {TerminalText.Name(room.Name)}", lines));
    }

    private void ShowDelivery(string? id)
    {
        if (id is null) return;
        var own = model.Room(id).Messages.Where(message => message.IsOwn).TakeLast(20).Select(message => $"{message.Delivery,-24} {CellWidth.Fit(TerminalText.Line(message.Text), 60)}");
        model.Show("How far your newest messages are", [.. own]);
    }

    private async Task SendFileAsync(Room room, string argument)
    {
        var (path, text) = SplitPath(argument);
        var key = string.Create(CultureInfo.InvariantCulture, $"file {Interlocked.Increment(ref _files)}");
        try
        {
            await using var content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan);
            var progress = Percent(key, "sending " + TerminalText.Name(Path.GetFileName(path), 24), (ulong)content.Length);
            _ = await room.SendFileAsync(content, Path.GetFileName(path), MediaType.Of(path), text.Length > 0 ? new Draft(text) : null, progress, leaving);
        }
        finally
        {
            post(() => Progress(key, null));
        }
    }

    private async Task SaveAsync(Room room, string argument)
    {
        var (number, wanted) = argument.Split(' ', 2) is [var first, var second] ? (first, second.Trim()) : (argument, null);
        var asked = new TaskCompletionSource<Attachment?>(TaskCreationOptions.RunContinuationsAsynchronously);
        post(() => asked.SetResult(Shelf(room).Find(number)));
        var file = await asked.Task.WaitAsync(leaving) ?? throw CliException.Usage("There is no file with that number here.");
        var path = FileSaver.PathFor(file, wanted);
        var key = string.Create(CultureInfo.InvariantCulture, $"file {Interlocked.Increment(ref _files)}");
        try
        {
            await FileSaver.SaveAsync(room, file, path, overwrites: false, Percent(key, "saving " + TerminalText.Name(file.Name, 24), file.Size), leaving);
            post(() => model.Say($"Saved {path}"));
        }
        finally
        {
            post(() => Progress(key, null));
        }
    }

    private Told<ulong> Percent(string key, string what, ulong total)
    {
        var told = -1;
        return new Told<ulong>(bytes =>
        {
            var percent = total == 0 ? 100 : (int)Math.Min(100, bytes * 100 / total);
            if (Interlocked.Exchange(ref told, percent) == percent) return;
            post(() => Progress(key, string.Create(CultureInfo.InvariantCulture, $"{what} {percent} % of {Sizes.Format(total)}")));
        });
    }

    private void Progress(string key, string? text)
    {
        if (text is null) _ = model.Progress.Remove(key);
        else model.Progress[key] = text;
    }

    // A path that has spaces is one when it is there, or in quotes.
    private static (string Path, string Text) SplitPath(string argument)
    {
        if (argument.StartsWith('"') && argument.IndexOf('"', 1) is > 0 and var end) return (WorkingFolder.Resolve(argument[1..end]), argument[(end + 1)..].Trim());
        var whole = WorkingFolder.Resolve(argument);
        if (File.Exists(whole)) return (whole, "");
        return argument.Split(' ', 2) is [var path, var text] ? (WorkingFolder.Resolve(path), text.Trim()) : (whole, "");
    }

    private static string Require(Intent.Command command, string what) =>
        command.Argument.Length > 0 ? command.Argument : throw CliException.Usage($"/{command.Name} needs {what} after it.");

    private static MessageId? IdOf(string? text) => MessageId.TryParse(text, out var id) ? id : null;

    private Room RoomOf(string? id) => id is not null && _rooms.TryGetValue(id, out var room) ? room : throw CliException.Usage("No room is chosen yet: /create <name> makes one, /join <link> enters one.");

    private sealed class Told<T>(Action<T> told) : IProgress<T>
    {
        public void Report(T value) => told(value);
    }
}
