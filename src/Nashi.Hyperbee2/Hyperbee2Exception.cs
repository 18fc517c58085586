using Nashi.Hyperbee2.Tree;

namespace Nashi.Hyperbee2;

/// <summary>A tree could not be read or written.</summary>
public sealed class Hyperbee2Exception : NashiException
{
    private readonly bool _transient;

    private Hyperbee2Exception(string code, string message, bool transient = false)
        : base(code, message) => _transient = transient;

    /// <inheritdoc/>
    public override bool IsTransient => _transient;

    internal static Hyperbee2Exception Malformed(BeeCore core, ulong seq, string what)
        => new("DECODING_ERROR", $"Block {seq} of core {core.Key} is not a valid tree block: {what}.");

    internal static Hyperbee2Exception Missing(BeeCore core, ulong seq)
        => new("BLOCK_NOT_AVAILABLE", $"Block {seq} of core {core.Key} is not on this machine and no peer was asked or had it.", transient: true);

    internal static Hyperbee2Exception Truncated()
        => new("SNAPSHOT_NOT_AVAILABLE", "A log was truncated while it was read. Open the tree at its new version.", transient: true);

    internal static Hyperbee2Exception NoOtherCores()
        => new("CORE_NOT_AVAILABLE", "The tree goes on in another core, and no way to open other cores was given. Open the tree with a store.");

    internal static Hyperbee2Exception TooManyCores(int max)
        => new("TOO_MANY_CORES", $"The tree spans more than {max} cores. Raise {nameof(Bee2Options)}.{nameof(Bee2Options.MaxCores)} if you trust its writers.");

    internal static Hyperbee2Exception ReadOnly()
        => new("SESSION_NOT_WRITABLE", "This tree may not be written: it is a checkout, or its key belongs to someone else.");

    internal static Hyperbee2Exception Moved()
        => new("BATCH_UNFLUSHED", "Somebody appended to the log while a batch was written. Make the batch again.", transient: true);

    internal static Hyperbee2Exception WrongFormat(string why) => new("INVALID_OPERATION", why);
}
