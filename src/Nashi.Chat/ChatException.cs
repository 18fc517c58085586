namespace Nashi.Chat;

/// <summary>Something in a conversation can not be done.</summary>
public sealed class ChatException : NashiException
{
    /// <summary>Says what.</summary>
    /// <param name="code">A stable code: <c>ROOM_NOT_FOUND</c>, <c>ROOM_AMBIGUOUS</c>, <c>NOT_ALLOWED</c>, <c>NOT_A_MEMBER</c>, <c>INVITE_REFUSED</c>, <c>INVITE_INVALID</c>, <c>TOO_LONG</c>, <c>UPDATE_NEEDED</c>, <c>LOCKED</c>, <c>DAMAGED</c>, <c>OFFLINE</c>.</param>
    /// <param name="message">What happened, and what to do next.</param>
    /// <param name="inner">The cause, where there is one.</param>
    public ChatException(string code, string message, Exception? inner = null)
        : base(code, message, inner)
    {
    }

    /// <inheritdoc/>
    public override bool IsTransient => Code is "OFFLINE";
}
