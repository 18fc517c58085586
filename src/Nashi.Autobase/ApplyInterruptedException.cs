using Nashi.Encoding;

namespace Nashi.Autobase;

/// <summary>The application stopped the base before values that it can not apply.</summary>
public sealed class ApplyInterruptedException : NashiException
{
    /// <summary>Says why.</summary>
    public ApplyInterruptedException(string reason)
        : base("INTERRUPTED", $"The application stopped the base: {reason}") => Reason = reason;

    /// <summary>Why.</summary>
    public string Reason { get; }
}
