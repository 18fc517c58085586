namespace Nashi.Hyperschema;

/// <summary>A command could not be routed.</summary>
public sealed class DispatchException : NashiException
{
    private DispatchException(string code, string message)
        : base(code, message)
    {
    }

    /// <summary>A command whose number no route has: it was made with a newer schema.</summary>
    public static DispatchException UnknownRoute(ulong id)
        => new("HANDLER_NOT_FOUND_BY_ID", $"No route has the number {id}. The command was made with another schema.");

    /// <summary>Bytes that are no command.</summary>
    public static DispatchException Malformed(string route) => new("DECODING_ERROR", $"The bytes are not a valid command {route}.");
}
