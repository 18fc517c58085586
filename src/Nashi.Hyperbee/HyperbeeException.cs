namespace Nashi.Hyperbee;

/// <summary>A tree could not be read or written.</summary>
public sealed class HyperbeeException : NashiException
{
    private readonly bool _transient;

    private HyperbeeException(string code, string message, bool transient = false)
        : base(code, message) => _transient = transient;

    /// <inheritdoc/>
    public override bool IsTransient => _transient;

    internal static HyperbeeException Malformed(ulong seq, string what)
        => new("DECODING_ERROR", $"Block {seq} is not a valid tree block: {what}.");

    internal static HyperbeeException Missing(ulong seq)
        => new("BLOCK_NOT_AVAILABLE", $"Block {seq} is not on this machine and no peer was asked or had it.", transient: true);

    internal static HyperbeeException Truncated()
        => new("SNAPSHOT_NOT_AVAILABLE", "The log was truncated while it was read. Open the tree at its new version.", transient: true);

    internal static HyperbeeException ReadOnly()
        => new("SESSION_NOT_WRITABLE", "This tree may not be written: it is a checkout, is marked read-only, or its key belongs to someone else.");

    internal static HyperbeeException Broken()
        => new("BATCH_UNFLUSHED", "A write of this batch failed, so nothing of it was appended. Make the batch again.");

    internal static HyperbeeException Moved()
        => new("BATCH_UNFLUSHED", "Somebody appended to the log while a batch was open. Make the batch again.", transient: true);
}
