using System.Diagnostics.CodeAnalysis;
using Nashi.Encoding;

namespace Nashi.Autobase.Messages;

/// <summary>Which view blocks a node's writer read while it applied it: advice on what to fetch early.</summary>
internal sealed record ReadTrace : IMessage<ReadTrace>
{
    public IReadOnlyList<ulong> System { get; init; } = [];

    public IReadOnlyList<ulong> Encryption { get; init; } = [];

    public IReadOnlyList<ViewTrace> User { get; init; } = [];

    public static bool TryRead(ref CompactReader reader, [MaybeNullWhen(false)] out ReadTrace message)
    {
        message = null;
        if (!ViewTrace.TryReadBlocks(ref reader, out var system) || !ViewTrace.TryReadBlocks(ref reader, out var encryption)) return false;
        if (!reader.TryReadList<ViewTrace>(2, out var user)) return false;
        message = new() { System = system, Encryption = encryption, User = user };
        return true;
    }

    public void Write(ref CompactWriter writer)
    {
        ViewTrace.WriteBlocks(ref writer, System);
        ViewTrace.WriteBlocks(ref writer, Encryption);
        writer.WriteList(User);
    }
}
