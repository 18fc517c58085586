namespace System.Runtime.CompilerServices;

/// <summary>Lets this netstandard2.0 project use init-only properties.</summary>
internal static class IsExternalInit;
