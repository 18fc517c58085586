namespace Nashi.Dht;

/// <summary>A node to start from was malformed or has no address.</summary>
public sealed class InvalidBootstrapException(string message) : NashiException("ERR_INVALID_BOOTSTRAP", message);
