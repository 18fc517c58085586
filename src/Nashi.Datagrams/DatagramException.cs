namespace Nashi.Datagrams;

/// <summary>A socket could not be opened.</summary>
public sealed class DatagramException(string code, string message, Exception? inner = null) : NashiException(code, message, inner);
