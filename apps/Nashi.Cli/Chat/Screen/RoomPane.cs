namespace Nashi.Cli.Chat.Screen;

/// <summary>A room on the screen.</summary>
internal sealed class RoomPane(string id)
{
    private readonly List<MessageLine> _messages = [];

    /// <summary>Which.</summary>
    public string Id { get; } = id;

    /// <summary>Its name, safe to show.</summary>
    public string Name { get; set; } = "";

    /// <summary>How it is doing, when not well.</summary>
    public string Status { get; set; } = "";

    /// <summary>How many members' devices are connected.</summary>
    public int Peers { get; set; }

    /// <summary>Messages that came since it was last looked at.</summary>
    public int Unread { get; set; }

    /// <summary>The first of those, above which a line is drawn.</summary>
    public string? FirstUnread { get; set; }

    /// <summary>How many lines the newest is below the lower edge.</summary>
    public int Scroll { get; set; }

    /// <summary>Whether there may be older messages than those here.</summary>
    public bool HasOlder { get; set; } = true;

    /// <summary>Whether older ones are being asked for.</summary>
    public bool IsLoading { get; set; }

    /// <summary>What is being typed here.</summary>
    public LineEditor Editor { get; } = new();

    /// <summary>What is here, oldest first.</summary>
    public IReadOnlyList<MessageLine> Messages => _messages;

    /// <summary>Puts a message in its place, or in that of its earlier version; true when it is new.</summary>
    public bool Put(MessageLine message)
    {
        var known = _messages.FindLastIndex(other => other.Id == message.Id);
        if (known >= 0)
        {
            // Delivery is told apart from the message itself, and is not lost when that changes.
            var old = _messages[known];
            if (message.Mark.Length == 0) message = message with { Mark = old.Mark, Delivery = old.Delivery };
            _messages.RemoveAt(known);
        }

        _messages.Insert(_messages.FindLastIndex(other => other.Position <= message.Position) + 1, message);
        return known < 0;
    }

    /// <summary>Says how far a message is delivered.</summary>
    public void SetDelivery(string id, string mark, string delivery)
    {
        var at = _messages.FindLastIndex(message => message.Id == id);
        if (at >= 0) _messages[at] = _messages[at] with { Mark = mark, Delivery = delivery };
    }
}
