namespace Nashi.HyperDB;

/// <summary>A database could not be read or written.</summary>
public sealed class HyperDBException : NashiException
{
    private readonly bool _transient;

    private HyperDBException(string code, string message, bool transient = false)
        : base(code, message) => _transient = transient;

    /// <inheritdoc/>
    public override bool IsTransient => _transient;

    /// <summary>A record whose key names a struct or a date that is absent.</summary>
    public static HyperDBException NoKey(string path) => new("KEY_MISSING", $"The record has no '{path}', which is part of a key.");

    internal static HyperDBException Malformed(string name) => new("DECODING_ERROR", $"A record of {name} is not valid: whoever wrote it used another schema, or meant harm.");

    internal static HyperDBException Changed()
        => new("DATABASE_CHANGED", "Somebody wrote to the database after this transaction began, so nothing of it was written. Begin it again.", transient: true);

    internal static HyperDBException ReadOnly() => new("SESSION_NOT_WRITABLE", "A snapshot cannot be written. Begin the transaction on the database itself.");

    internal static HyperDBException Trigger(string name) => new("TRIGGER_UNSUPPORTED", $"{name} has a trigger in JavaScript, which only JavaScript can run. Write to it from there.");

    internal static HyperDBException PartialKey(string name) => new("KEY_MISSING", $"A record of {name} is found by its whole key; this one lacks a value.");
}
