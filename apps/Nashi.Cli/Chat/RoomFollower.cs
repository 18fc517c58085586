using System.Text.Json.Nodes;
using Nashi.Chat;

namespace Nashi.Cli.Chat;

/// <summary>Reports what happens in a room, message by message.</summary>
internal sealed class RoomFollower(CliContext context, Room room)
{
    private readonly HashSet<MessageId> _told = [];

    /// <summary>Whether what is reported counts as read. Default true.</summary>
    public bool MarksRead { get; init; } = true;

    /// <summary>Reports the last messages that are here, then everything that comes, until cancelled.</summary>
    public async Task FollowAsync(int count, CancellationToken cancellation)
    {
        // Watching begins before the history is read, so that nothing falls between.
        await using var events = new RoomEvents(room, cancellation);
        try
        {
            if (count > 0) await TellAsync(count, cancellation);
            while (await events.NextAsync(cancellation) is { } news) await TellAsync(news, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Ctrl-C is how following is meant to end.
        }
    }

    /// <summary>Reports the last messages.</summary>
    public async Task TellAsync(int count, CancellationToken cancellation, ulong? before = null)
    {
        foreach (var message in await room.HistoryAsync(before, count, cancellation))
        {
            if (_told.Add(message.Id)) MessageReport.Report(context, room, message);
        }

        if (MarksRead) await room.MarkReadAsync(cancellation);
    }

    private async Task TellAsync(RoomEvent news, CancellationToken cancellation)
    {
        switch (news)
        {
            case MessageEvent { Message: var message } when _told.Add(message.Id):
                MessageReport.Report(context, room, message);
                if (MarksRead) await room.MarkReadAsync(cancellation);
                break;
            case EditedEvent { Message: var message }:
                MessageReport.Report(context, room, message, "edited");
                break;
            default:
                if (RoomNews.Of(room, news) is var (tag, data, text)) context.Reporter.Report(tag, data, text);
                break;
        }
    }
}
