namespace Nashi;

/// <summary>The base of every failure that Nashi itself reports. Misuse of an API throws the usual BCL exceptions instead.</summary>
/// <remarks>Messages say what happened, to which key or file, and what to do next; they never contain secrets.</remarks>
public abstract class NashiException : Exception
{
    /// <summary>Makes a failure.</summary>
    /// <param name="code">A stable upper-case code; equal to the reference's where it has one.</param>
    /// <param name="message">What happened, to what, and what to do next.</param>
    /// <param name="inner">The cause, where there is one.</param>
    protected NashiException(string code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    /// <summary>A stable upper-case code such as <c>PEER_NOT_FOUND</c>.</summary>
    public string Code { get; }

    /// <summary>Whether trying the same again later may succeed.</summary>
    public virtual bool IsTransient => false;
}
