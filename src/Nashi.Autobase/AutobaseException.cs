using Nashi.Encoding;

namespace Nashi.Autobase;

/// <summary>A base could not do what was asked.</summary>
public sealed class AutobaseException : NashiException
{
    /// <summary>Says what happened and what to do.</summary>
    public AutobaseException(string code, string message, Exception? inner = null)
        : base(code, message, inner)
    {
    }

    /// <inheritdoc/>
    public override bool IsTransient => false;
}
